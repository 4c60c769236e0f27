/** What signing in takes and tells. */
import Type from 'typebox'
import { closed, Id, Instant, PermissionName, RoleName } from '../schema.ts'

const Login = Type.String({ minLength: 1, maxLength: 100, description: 'user name; never a National ID' })
const Password = Type.String({ minLength: 1, maxLength: 512 })
export const NewPassword = Type.String({ minLength: 1, maxLength: 512, description: '12 to 128 characters; none that everybody tries' })
export const CurrentPassword = Password
export const Code = Type.String({ pattern: '^[0-9]{6}$' })

export const SignInRequest = Type.Object({ login: Login, password: Password }, closed)
export const Challenge = Type.Object({
  challenge: Id,
  method: Type.Enum(['sent', 'totp'], { description: 'sent: a code is on its way; totp: the code of the user’s authenticator' }),
  expiresAt: Instant,
})
export const ResendRequest = Type.Object({ challenge: Id }, closed)
export const VerifyRequest = Type.Object({ challenge: Id, code: Code }, closed)
export const ForgottenRequest = Type.Object({ login: Login }, closed)
export const ResetRequest = Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }), password: NewPassword }, closed)
export const Nothing = Type.Null({ description: 'no content' })

export const Me = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['user', 'key', 'client']),
  name: Type.String(),
  entity: Type.String(),
  roles: Type.Array(RoleName),
  groups: Type.Array(Id),
  permissions: Type.Array(PermissionName),
  mustChangePassword: Type.Boolean({ description: 'until it is changed, only this route, the change and signing out are open' }),
  csrfToken: Type.Union([Type.String(), Type.Null()], { description: 'of a session: send it as X-CSRF-Token with whatever is not GET' }),
})
