// Points in time as IAM's date conditions write them: W3C's profile of ISO 8601, or seconds since 1970. Pure arithmetic;
// no clock and no time zone of the machine.

const pattern =
  /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?)?$/

/** Reads a point in time as seconds since 1970-01-01T00:00:00Z; `undefined` for anything else. */
export function instantOf(text: string): number | undefined {
  // Four digits are a year; more are seconds.
  if (/^[0-9]{5,15}(\.[0-9]{1,9})?$/.test(text)) return Number(text)
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)))
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const seconds = ((daysBefore(year, month) + day - 1) * 24 + hour) * 3600 + minute * 60 + second
  return seconds + Number(match[7] ?? 0) - offsetSeconds(match[8] ?? 'Z')
}

function offsetSeconds(zone: string): number {
  if (zone === 'Z') return 0
  const digits = zone.replace(/[^0-9]/g, '')
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60
  return zone.startsWith('-') ? -seconds : seconds
}

/** Days from 1970-01-01 to the first of a month (proleptic Gregorian calendar). */
function daysBefore(year: number, month: number): number {
  const years = year - 1
  const beforeYear = years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) - 719_162
  let days = beforeYear
  for (let earlier = 1; earlier < month; earlier += 1) days += daysIn(year, earlier)
  return days
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (month === 2) return isLeap ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
