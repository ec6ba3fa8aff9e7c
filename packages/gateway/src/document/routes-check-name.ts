/** The name under which the schema of the routes asks for the check of what it cannot say itself. */
export const routesCheckName = 'gateway-routes'
