/** Names with which people sign in. */

/**
 * ASCII in lower case, so that no two look alike, beginning with a letter; nine digits in a row could be a National ID, or most of one.
 * The same as the database's own check of user_account.login.
 */
export const isLogin = (text: string): boolean => /^[a-z][a-z0-9._@-]{2,99}$/.test(text) && !/[0-9]{9}/.test(text)
