// Features out of a page of GeoJSON as they were sent, to the letter. Reading and writing them again would round
// whole numbers over 2^53, and a file should hold what the server said.

/** The text between the brackets of the member `features` of the outermost object. */
export function featuresText(page: string): string {
  let depth = 0
  let start = -1
  let key = ''
  for (let at = 0; at < page.length; at++) {
    switch (page.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(page, at)
        if (depth === 1) key = page.slice(at + 1, end)
        at = end
        break
      }
      case 0x5b: // [
      case 0x7b: // {
        depth++
        if (depth === 2 && key === 'features' && page[at] === '[') start = at + 1
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth--
        if (depth === 1) {
          if (start >= 0) return page.slice(start, at).trim()
          key = ''
        }
        break
      case 0x2c: // , between the members of the outermost object: what was read as a key may have been a value
        if (depth === 1) key = ''
    }
  }
  throw new Error('not a page of features')
}

/** The place of the quote that closes the string which begins at `open`. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return at
  }
  throw new Error('a string without an end')
}
