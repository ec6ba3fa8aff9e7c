/** The steps from the top of a value to a part of it. */
export type JsonPath = readonly (string | number)[]
