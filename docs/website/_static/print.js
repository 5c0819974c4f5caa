/* Paper is light: a page that is dark is printed as if it were not. */
addEventListener("beforeprint", () => {
  const { dataset } = document.documentElement;
  if (dataset.theme !== "dark") return;
  dataset.theme = "light";
  addEventListener("afterprint", () => (dataset.theme = "dark"), { once: true });
});
