/** The text of a file, as the bundler gives it. */
declare module '*?raw' {
  const source: string
  export default source
}
