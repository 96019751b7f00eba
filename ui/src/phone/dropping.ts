/** Files that are dropped onto a part of the page. */

/** Take the first file that is dropped onto an element, which has `data-dropping` meanwhile.
 *
 * @param take What is done with it; `undefined` where nothing is taken now.
 */
export function dropping(take: () => ((file: File) => void) | undefined) {
  return (element: HTMLElement): (() => void) => {
    const over = (event: DragEvent): void => {
      if (take() === undefined || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      element.dataset["dropping"] = "";
    };
    const stop = (): void => {
      delete element.dataset["dropping"];
    };
    const drop = (event: DragEvent): void => {
      stop();
      const [file] = event.dataTransfer?.files ?? [];
      const taking = take();
      if (file === undefined || taking === undefined) return;
      event.preventDefault();
      taking(file);
    };
    const listening = new AbortController();
    const { signal } = listening;
    element.addEventListener("dragover", over, { signal });
    element.addEventListener("dragleave", stop, { signal });
    element.addEventListener("drop", drop, { signal });
    return () => listening.abort();
  };
}
