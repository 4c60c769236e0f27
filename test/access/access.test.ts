/** Who may enter, over HTTP: one service and database for all of it. */
import './sign-in.ts'
import './own-account.ts'
import './manage.ts'
import './systems.ts'
import './terminal.ts'
import './two-persons.ts'
