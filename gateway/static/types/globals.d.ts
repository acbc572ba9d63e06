/** What htmx puts on the page: only what our modules use. */
declare const htmx: {
  process(element: Element): void;
  trigger(element: Element, event: string, detail?: unknown): void;
  ajax(verb: string, path: string, context: Element | string | { target?: string | Element; swap?: string; select?: string; values?: Record<string, string> }): Promise<void>;
};
