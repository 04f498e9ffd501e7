/** Whether a name is empty or a member of every object: as a key it would be lost or mistaken. */
export function isReserved(name: string): boolean {
  return name === '' || name in Object.prototype
}
