/** '_id', 'Id' and 'ID' after a small letter, and 'id' after so many letters that it is hardly the end of a word ('grid'). */
const identifier = /_[Ii][Dd]$|(?<=\p{Ll})I[Dd]$|(?<=\p{L}{4})id$/u

/** What a task is called, from the name of the column of tasks: 'school' of 'School_id'; 'task' where that is no plain word. */
export function nounOf(column: string): string {
  const word = column.replace(identifier, '')
  const plain = /^\p{L}{2,}$/u.test(word) && word !== word.toUpperCase()
  return plain && word.toLowerCase() !== 'id' ? word.toLowerCase() : 'task'
}
