/* Adds the hundred points up while they are typed. The form works without this file: the server adds them up too. */
(() => {
  "use strict";
  for (const group of document.querySelectorAll("[data-points]")) {
    const line = group.querySelector("[data-sum]");
    const add = () => {
      const points = [...group.querySelectorAll("input")].map((field) => Number.parseInt(field.value, 10) || 0);
      line.querySelector("output").textContent = points.reduce((sum, each) => sum + each, 0);
    };
    line.hidden = false;
    group.addEventListener("input", add);
    add();
  }
})();
