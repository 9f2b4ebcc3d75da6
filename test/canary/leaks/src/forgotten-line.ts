/** Prints as the package would by mistake: without its name, and from a folder that is called as its own. */
export const forgottenLine = (token: string): void => console.log('refreshed', token)
