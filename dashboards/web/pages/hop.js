// Shows what the link from a hop in Jaeger asks for. Everything comes from the address and is shown as text.
const asked = new URLSearchParams(location.search);
const node = asked.get("node");
const commands = [];

function show(id, text) {
  document.getElementById(id).textContent = text;
  document.getElementById(id).closest("section").hidden = false;
}

function ask(words, why) {
  commands.push(`# ${why}\n./emulator show PATH ${node} ${words.includes(" ") ? `'${words}'` : words}`);
}

if (node) {
  show("node", node);
  const what = asked.get("see") ?? "all";
  if (asked.get("rule") || what === "all") {
    ask("iptables-save", "its rules, as iptables-save prints them");
  }

  if (what === "nat" || what === "all") {
    ask("conntrack -L", "its connections and their translations");
  }

  if (what === "tunnel" || what === "all") {
    ask("bridge fdb", "which node is behind which tunnel address");
    ask("ip neigh", "its neighbours");
  }

  if (what === "interface" || what === "all") {
    ask("ip addr", "its interfaces");
    ask("ip route", "its routes");
  }

  show("commands", commands.join("\n"));
}

for (const name of ["pod", "interface", "rule"]) {
  if (asked.get(name)) {
    show(name, asked.get(name));
  }
}

const reason = asked.get("reason");
const entry = reason && document.getElementById(reason);
if (entry) {
  entry.classList.add("chosen");
  entry.nextElementSibling.classList.add("chosen");
  entry.scrollIntoView({ block: "center" });
}
