/** Where the declaration of a sample's columns stands: beside the file, under its name. */

export const declarationPath = (sample: string): string => sample.replace(/\.(csv|parquet)$/, '.json')
