// Start of the map: asks what is served, restores what the address says, and puts the parts together. No part knows
// another; they meet in the `Context`.

import 'maplibre-gl/dist/maplibre-gl.css'
import './style.css'
import { collections as askCollections, viewerConfig } from './api'
import { alertUser, errorText } from './alerts'
import { mountBanner } from './banner'
import type { Context } from './context'
import { byId, h } from './dom'
import { preferredLang, t } from './i18n'
import { followAudits, mountFaults } from './faults'
import { extentOf, union } from './layers'
import { TerritoryMap } from './map'
import { mountLayers } from './panel'
import { formatPermalink, parsePermalink, type Permalink, type View } from './permalink'
import { mountSearch } from './search'
import { coveredBySheet, mountShell, padding } from './shell'
import { mountSheet } from './sheet'
import { mountSources } from './sources'
import { Store } from './store'
import { looks } from './styles'
import type { Bbox, Collection } from './types'

async function start(): Promise<void> {
  const link = parsePermalink(location.hash)
  const lang = link.lang ?? preferredLang(navigator.languages)
  document.documentElement.lang = lang
  try {
    const [config, collections] = await Promise.all([viewerConfig(), askCollections()])
    const store = new Store({ lang, visible: visibleOf(link, collections), faults: new Set(link.faults), faultCounts: new Map(), selected: null, here: null, extent: null })
    run({ config, collections, looks: looks(collections), store }, link)
  } catch (error) {
    alertUser(t(lang, 'error.start', { detail: errorText(error, lang) }), lang)
  }
}

function visibleOf(link: Permalink, collections: readonly Collection[]): ReadonlySet<string> {
  const ids = collections.map(({ id }) => id)
  return new Set(link.layers ? ids.filter((id) => link.layers?.includes(id)) : ids)
}

function run(parts: Omit<Context, 'actions'>, link: Permalink): void {
  const { collections, store, config } = parts
  let territory: TerritoryMap | null = null
  // An address cut down to a point is still a place.
  let view: View | null = link.view ?? link.here
  const everything = union(collections.map(extentOf))
  const failedLayers = new Set<string>()

  const actions: Context['actions'] = {
    fit: (box) => territory?.fit(box, padding()),
    open: (ref, options) => sheet.open(ref, options),
    openHere: (at) => sheet.openHere(at),
    openLayer: (collection) => sheet.openLayer(collection),
    openPlaceless: (collection) => sheet.openPlaceless(collection),
    alert: (text) => alertUser(text, store.state.lang),
    say: (text) => shell.say(text),
  }
  const context: Context = { ...parts, actions }
  const shell = mountShell(context, {
    zoom: (by) => territory?.map.zoomTo(territory.map.getZoom() + by),
    home: () => everything && actions.fit(everything),
  })
  mountBanner(context)
  mountSearch(shell.search, context)
  mountSources(shell.sources, context)
  mountLayers(shell.layers, context)
  const sheet = mountSheet(context, (geometry) => territory?.select(geometry))

  followAudits(context)
  const faults = mountFaults(context, (points) => territory?.showFaults(points))

  const write = (): void => {
    const { lang, visible, selected, here } = store.state
    const layers = visible.size === collections.length ? null : [...visible]
    const hash = formatPermalink({ view, layers, faults: [...store.state.faults], lang, selected, here })
    if (hash !== location.hash) history.replaceState(history.state, '', hash)
  }

  try {
    territory = new TerritoryMap(byId('map'), collections, store.state.visible, config, view, {
      pointed: (at, wanted, hits) => {
        const [only, ...more] = hits
        // One feature is what was meant; for several or none, the list says more than a guess.
        if (wanted === 'pick' && only && more.length === 0) actions.open({ collection: only.collection, id: only.id }, { fit: false, at })
        else actions.openHere(at)
      },
      moved: (now, extent) => {
        view = now
        store.set({ extent })
        write()
      },
      faults: (found) => ({ content: faults.popup(found), close: t(store.state.lang, 'faults.close') }),
      failed: (collection, error) => {
        // One message per layer: a layer that fails does so for every tile.
        const key = collection ?? ''
        if (failedLayers.has(key)) return
        failedLayers.add(key)
        const { lang } = store.state
        actions.alert(t(lang, 'error.tiles', { title: shell.titleOf(collection), detail: error.message }))
      },
    })
    const { map } = territory
    store.set({ extent: territory.extent() })
    // Tests read the state of the drawn map here; nothing of the page does.
    Object.assign(window, { terril: { map, store, layersOf: (id: string) => territory?.layersOf(id) ?? [] } })
    if (!view && everything) territory.fit(wide(everything), padding(), 'jump')
  } catch (error) {
    console.error(error)
    byId('map').append(h('p', { class: 'warning' }, t(store.state.lang, 'map.failed')))
  }

  const name = (): void => territory?.setLabel(t(store.state.lang, 'map.label'))
  name()
  store.subscribe((state, changed) => {
    if (changed.has('visible')) territory?.setVisible(state.visible)
    if (changed.has('here')) {
      const { here } = state
      territory?.mark(here)
      // The sheet stands only after this; then it is known what it covers.
      if (here) requestAnimationFrame(() => territory?.uncover(here, coveredBySheet()))
    }
    if (changed.has('lang')) {
      territory?.closeFaults()
      document.documentElement.lang = state.lang
      name()
    }
    write()
  })
  const restore = ({ selected, here }: Permalink): void => {
    if (selected) sheet.open(selected, { fit: !link.view, at: here })
    else if (here) sheet.openHere(here)
    else sheet.close()
  }
  restore(link)
  window.addEventListener('hashchange', ({ newURL }) => {
    // Not `location.hash`: a map that is moving may have written its own over it since.
    const changed = parsePermalink(new URL(newURL).hash)
    if (changed.view) {
      view = changed.view
      territory?.jumpTo(changed.view)
    }
    store.set({ lang: changed.lang ?? store.state.lang, visible: visibleOf(changed, collections), faults: new Set(changed.faults) })
    restore(changed)
  })
}

/** A territory of one point still needs some ground around it. */
function wide([west, south, east, north]: Bbox): Bbox {
  const margin = 0.002
  return east - west > margin || north - south > margin ? [west, south, east, north] : [west - margin, south - margin, east + margin, north + margin]
}

void start()
