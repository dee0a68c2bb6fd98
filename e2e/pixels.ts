import type { Browser } from 'playwright-core'

/** How many pixels of a PNG have a colour (red, green and blue differ clearly), and how many such colours there are. */
export async function colouredPixels(
  browser: Browser,
  png: Buffer,
): Promise<{ share: number; colours: number }> {
  const page = await browser.newPage()
  try {
    await page.setContent(`<img src="data:image/png;base64,${png.toString('base64')}">`)
    return (await page.evaluate(`(async () => {
      const image = document.images[0]
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = image.naturalWidth
      canvas.height = image.naturalHeight
      const context = canvas.getContext('2d')
      context.drawImage(image, 0, 0)
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
      const seen = new Map()
      let coloured = 0
      for (let i = 0; i < data.length; i += 4) {
        const spread = Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2])
        if (spread < 30) continue
        coloured++
        const key = (data[i] >> 3) + ' ' + (data[i + 1] >> 3) + ' ' + (data[i + 2] >> 3)
        seen.set(key, (seen.get(key) ?? 0) + 1)
      }
      const total = data.length / 4
      return { share: coloured / total, colours: [...seen.values()].filter((n) => n > total / 2000).length }
    })()`)) as { share: number; colours: number }
  } finally {
    await page.close()
  }
}
