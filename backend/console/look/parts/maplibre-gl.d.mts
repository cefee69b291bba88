// For tsc alone, which checks the modules: where the types of the part beside this file are. Not served.
export * from "maplibre-gl";
