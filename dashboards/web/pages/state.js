// Says whether a silo takes part in its cluster, in the silo's own words. Where none is there the front answers, in HTML.
const state = document.getElementById("state");
fetch("/readyz")
  .then(async answer => {
    const isSilo = answer.headers.get("Content-Type")?.startsWith("text/plain");
    const text = isSilo ? (await answer.text()).trim() : `the front says ${answer.status}`;
    state.textContent = answer.ok ? "A silo answers: it is ready." : `No silo is ready yet: ${text}.`;
  })
  .catch(() => { state.textContent = "The front does not answer."; });
