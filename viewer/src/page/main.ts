// The script of every page but the map's own: where a page has a place for a small map, it fetches what draws it.
// The page says everything without it.

import './page.css'

const place = document.getElementById('map')
if (place) {
  // MapLibre is large, and most pages have no map.
  void import('./map').then(({ mount }) => mount(place)).catch(() => fail(place))
}

/** The map can't be drawn here: the page says so in its own language. */
function fail(element: HTMLElement): void {
  const text = document.createElement('p')
  text.textContent = element.dataset['failed'] ?? ''
  element.replaceChildren(text)
}
