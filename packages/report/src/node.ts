import { parseHTML } from 'linkedom'

/** An empty document to draw into where there is no browser. */
export function createDocument(): Document {
  return parseHTML('<!doctype html><html lang="en"><head></head><body></body></html>').document
}
