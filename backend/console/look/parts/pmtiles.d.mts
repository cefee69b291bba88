// For tsc alone, as the file beside this one says. Not served.
export * from "pmtiles";
