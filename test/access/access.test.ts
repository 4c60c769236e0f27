/** Who may enter, over HTTP: one service and database for all of it. */
import './sign-in.ts'
import './manage.ts'
import './two-persons.ts'
