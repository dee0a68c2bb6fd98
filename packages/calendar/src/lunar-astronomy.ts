/**
 * Moments of the new moon and the place of the sun, after Jean Meeus, "Astronomical Algorithms" (2nd edition, 1998),
 * chapters 25 and 49, with ΔT after the polynomials of Espenak and Meeus (to 2050). Time is in days of Universal Time since
 * 1970-01-01T00:00Z. For 1900–2100 a new moon is right to about half a minute and the sun to about 0.003°, some
 * four minutes of its motion.
 */

const UNIX_EPOCH_JD = 2_440_587.5
const J2000_JD = 2_451_545
const RAD = Math.PI / 180

function sin(degrees: number): number {
  return Math.sin((degrees % 360) * RAD)
}

/** Seconds by which dynamical time is ahead of universal time. */
function deltaT(year: number): number {
  if (year < 1920) {
    const t = year - 1900
    return -2.79 + t * (1.494119 + t * (-0.0598939 + t * (0.0061966 - t * 0.000197)))
  }
  if (year < 1941) {
    const t = year - 1920
    return 21.2 + t * (0.84493 + t * (-0.0761 + t * 0.0020936))
  }
  if (year < 1961) {
    const t = year - 1950
    return 29.07 + t * (0.407 + t * (-1 / 233 + t / 2547))
  }
  if (year < 1986) {
    const t = year - 1975
    return 45.45 + t * (1.067 - t * (1 / 260 + t / 718))
  }
  if (year < 2005) {
    const t = year - 2000
    return 63.86 + t * (0.3345 + t * (-0.060374 + t * (0.0017275 + t * (0.000651814 + t * 0.00002373599))))
  }
  if (year < 2050) {
    const t = year - 2000
    return 62.92 + t * (0.32217 + t * 0.005589)
  }
  // From here on ΔT is a guess, and the new moon of May 2054 falls within a minute of midnight, where the guess decides
  // the day. This is the older prediction (Chapront and Francou, in Meeus chapter 10) with which the Vietnamese tables
  // in print were made, so that both say the same.
  const t = (year - 2000) / 100
  return 102 + t * (102 + t * 25.3) + 0.37 * (year - 2100)
}

function universal(jde: number): number {
  const year = 2000 + (jde - J2000_JD) / 365.25
  return jde - UNIX_EPOCH_JD - deltaT(year) / 86_400
}

// Amplitude in days; power of the eccentricity factor; multiples of M (sun), M′ (moon), F. Meeus, table 49.A.
const NEW_MOON_TERMS: readonly (readonly [number, number, number, number, number])[] = [
  [-0.4072, 0, 0, 1, 0],
  [0.17241, 1, 1, 0, 0],
  [0.01608, 0, 0, 2, 0],
  [0.01039, 0, 0, 0, 2],
  [0.00739, 1, -1, 1, 0],
  [-0.00514, 1, 1, 1, 0],
  [0.00208, 2, 2, 0, 0],
  [-0.00111, 0, 0, 1, -2],
  [-0.00057, 0, 0, 1, 2],
  [0.00056, 1, 1, 2, 0],
  [-0.00042, 0, 0, 3, 0],
  [0.00042, 1, 1, 0, 2],
  [0.00038, 1, 1, 0, -2],
  [-0.00024, 1, -1, 2, 0],
  [-0.00007, 0, 2, 1, 0],
  [0.00004, 0, 0, 2, -2],
  [0.00004, 0, 3, 0, 0],
  [0.00003, 0, 1, 1, -2],
  [0.00003, 0, 0, 2, 2],
  [-0.00003, 0, 1, 1, 2],
  [0.00003, 0, -1, 1, 2],
  [-0.00002, 0, -1, 1, -2],
  [-0.00002, 0, 1, 3, 0],
  [0.00002, 0, 0, 4, 0],
]

// Phase, motion per lunation, amplitude in days: the planets' part.
const PLANET_TERMS: readonly (readonly [number, number, number])[] = [
  [299.77, 0.107408, 0.000325],
  [251.88, 0.016321, 0.000165],
  [251.83, 26.651886, 0.000164],
  [349.42, 36.412478, 0.000126],
  [84.66, 18.206239, 0.00011],
  [141.74, 53.303771, 0.000062],
  [207.14, 2.453732, 0.00006],
  [154.84, 7.30686, 0.000056],
  [34.52, 27.261239, 0.000047],
  [207.19, 0.121824, 0.000042],
  [291.34, 1.844379, 0.00004],
  [161.72, 24.198154, 0.000037],
  [239.56, 25.513099, 0.000035],
  [331.55, 3.592518, 0.000023],
]

/** Moment of the k-th new moon after that of 6 January 2000 (k = 0), in days of UT since 1970-01-01. */
export function newMoon(k: number): number {
  const t = k / 1236.85
  const mean =
    2_451_550.09766 + 29.530588861 * k + t * t * (0.00015437 + t * (-0.00000015 + t * 0.00000000073))
  const sun = 2.5534 + 29.1053567 * k - t * t * (0.0000014 + t * 0.00000011)
  const moon = 201.5643 + 385.81693528 * k + t * t * (0.0107582 + t * (0.00001238 - t * 0.000000058))
  const latitude = 160.7108 + 390.67050284 * k + t * t * (-0.0016118 + t * (-0.00000227 + t * 0.000000011))
  const node = 124.7746 - 1.56375588 * k + t * t * (0.0020672 + t * 0.00000215)
  const eccentricity = 1 - t * (0.002516 + t * 0.0000074)
  let jde = mean - 0.00017 * sin(node)
  for (const [amplitude, power, m, mm, f] of NEW_MOON_TERMS) {
    jde += amplitude * eccentricity ** power * sin(m * sun + mm * moon + f * latitude)
  }
  for (const [i, [phase, motion, amplitude]] of PLANET_TERMS.entries()) {
    jde += amplitude * sin(phase + motion * k - (i === 0 ? 0.009173 * t * t : 0))
  }
  return universal(jde)
}

/** Apparent longitude of the sun in degrees, 0 to 360, at a moment in days of UT since 1970-01-01. */
export function sunLongitude(days: number): number {
  const jd = days + UNIX_EPOCH_JD
  const t = (jd + deltaT(2000 + (jd - J2000_JD) / 365.25) / 86_400 - J2000_JD) / 36_525
  const anomaly = 357.52911 + t * (35_999.05029 - t * 0.0001537)
  const centre =
    (1.914602 - t * (0.004817 + t * 0.000014)) * sin(anomaly) +
    (0.019993 - t * 0.000101) * sin(2 * anomaly) +
    0.000289 * sin(3 * anomaly)
  const mean = 280.46646 + t * (36_000.76983 + t * 0.0003032)
  const longitude = mean + centre - 0.00569 - 0.00478 * sin(125.04 - 1934.136 * t) + perturbation(t + 1)
  return ((longitude % 360) + 360) % 360
}

/** Pull of Venus, Jupiter and the moon; t in centuries since 1900 (Meeus, "Astronomical Formulae for Calculators", 18). */
function perturbation(t: number): number {
  return (
    0.00134 * sin(90 + 153.23 + 22_518.7541 * t) +
    0.00154 * sin(90 + 216.57 + 45_037.5082 * t) +
    0.002 * sin(90 + 312.69 + 32_964.3577 * t) +
    0.00179 * sin(350.74 + 445_267.1142 * t - 0.00144 * t * t) +
    0.00178 * sin(231.19 + 20.2 * t)
  )
}
