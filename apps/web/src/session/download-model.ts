import type { ModelArtifacts } from '@gossamer/core/browser'

/** The two files that `tf.loadLayersModel('model.json')` reads. */
export function modelFiles(
  artifacts: ModelArtifacts,
): readonly { readonly name: string; readonly blob: Blob }[] {
  const { modelTopology, weightSpecs, weightData, format, generatedBy } = artifacts
  const model = {
    format,
    generatedBy,
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  }
  return [
    { name: 'model.json', blob: new Blob([JSON.stringify(model)], { type: 'application/json' }) },
    { name: 'weights.bin', blob: new Blob([weightData], { type: 'application/octet-stream' }) },
  ]
}

/** Hands the files to the browser's downloads. */
export function saveFiles(files: readonly { readonly name: string; readonly blob: Blob }[]): void {
  for (const { name, blob } of files) {
    const url = URL.createObjectURL(blob)
    const anchor = document.createElement('a')
    anchor.href = url
    anchor.download = name
    anchor.click()
    // The browser has taken hold of the blob by then; there is no event that says so.
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
}
