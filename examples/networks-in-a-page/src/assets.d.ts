/** The address of a file that the bundler serves. */
declare module '*?url' {
  const address: string
  export default address
}
