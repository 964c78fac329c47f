// Explorers without a kernel: each slider turns the sheet of stored pictures to the one that belongs to its place.
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".explorer").forEach(explorer => {
  const sliders = [...explorer.querySelectorAll("input")], picture = explorer.querySelector("img"), alt = picture.alt;
  const starts = sliders.map(slider => slider.value), keys = JSON.parse(explorer.dataset.keys);
  const columns = Number(explorer.dataset.columns), rows = Math.ceil(keys.length / columns);

  const turn = moved => {
    const asked = () => keys.indexOf(sliders.map(slider => slider.value).join());
    if (asked() < 0)  // not every combination is stored: the other sliders go back to their start
      sliders.forEach((slider, k) => { if (slider !== moved) slider.value = starts[k]; });
    const place = asked(), says = [];
    sliders.forEach(slider => {
      const text = JSON.parse(slider.dataset.texts)[slider.value], name = slider.parentElement.firstChild.textContent.trim();
      slider.parentElement.querySelector("output").textContent = text;
      slider.setAttribute("aria-valuetext", text);
      says.push(`${name} ${text}`);
    });
    picture.style.transform = `translate(${-100 * (place % columns) / columns}%, ${-100 * Math.floor(place / columns) / rows}%)`;
    picture.alt = `${alt} Shown: ${says.join(", ")}.`;
  };

  sliders.forEach(slider => {
    slider.addEventListener("input", () => turn(slider));
    slider.addEventListener("keydown", event => {  // the arrow keys move the slider, not the page or the deck
      if (event.key === "Escape") slider.blur();
      if (event.key !== "Tab" && event.key !== " ") event.stopPropagation();
    });
  });
  turn(null);
}));
