/** What decorators of class-transformer have registered: the package does not export it, and has no types for it here. */
declare module 'class-transformer/cjs/storage.js' {
  type Model = abstract new (...args: never[]) => object;

  export const defaultMetadataStorage: {
    getStrategy(model: Model): 'exposeAll' | 'excludeAll' | 'none';
    getExposedProperties(model: Model, transformation: number): string[];
    getExcludedProperties(model: Model, transformation: number): string[];
    findTypeMetadata(model: Model, property: string): object | undefined;
    findTransformMetadatas(model: Model, property: string, transformation: number): object[];
  };
}
