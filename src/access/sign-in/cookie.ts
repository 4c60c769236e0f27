/** The cookie of a session: out of reach of scripts, never sent from other sites, and with TLS bound to this very host. */

export interface CookieSettings {
  readonly secure: boolean
}

/** `__Host-`: browsers take it only with Secure, for the whole path and without a domain, so that no neighbour can set it. */
export const cookieName = ({ secure }: CookieSettings): string => (secure ? '__Host-mizan-session' : 'mizan-session')

export const sessionCookie = (settings: CookieSettings, token: string): string =>
  `${cookieName(settings)}=${token}; Path=/; HttpOnly; SameSite=Strict${settings.secure ? '; Secure' : ''}`

export const noCookie = (settings: CookieSettings): string => `${sessionCookie(settings, '')}; Max-Age=0`
