// Says whether a silo takes part in its cluster, in the silo's own words.
const state = document.getElementById("state");
fetch("/readyz")
  .then(async answer => {
    const text = (await answer.text()).trim();
    state.textContent = answer.ok ? "A silo answers: it is ready." : `No silo is ready yet (${text.slice(0, 200)}).`;
  })
  .catch(() => { state.textContent = "No silo answers."; });
