/**
 * The pages, as HTML without any data: scripts fill them in, with nothing but `textContent`.
 *
 * @module
 */

/** The status page: all domains. */
export const STATUS_PAGE: string = page(
  "Roomkeeper",
  "status",
  `
<div id="notes"></div>
<section aria-labelledby="now">
  <h2 id="now" class="hidden">Now</h2>
  <dl id="figures" class="figures"></dl>
  <p id="failure" class="quiet"></p>
</section>
<section aria-labelledby="day" class="card">
  <h2 id="day">Last 24 hours</h2>
  <div id="chart"></div>
</section>
<section aria-labelledby="domains" class="card">
  <div class="bar">
    <h2 id="domains">Domains</h2>
    <form id="search" role="search">
      <label for="query" class="hidden">Search domains</label>
      <input id="query" type="search" placeholder="Search domains" autocomplete="off"
        spellcheck="false" maxlength="200">
    </form>
    <label class="sort">Sort by
      <select id="sort">
        <option value="trouble">Trouble first</option>
        <option value="domain">Name</option>
        <option value="link">Link</option>
        <option value="joins">Joins</option>
        <option value="loss">Last loss</option>
        <option value="notified">Notified</option>
      </select>
    </label>
  </div>
  <table id="table" role="table" aria-label="Domains">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col"><button type="button" data-sort="domain">Domain</button></th>
        <th role="columnheader" scope="col"><button type="button" data-sort="link">Link</button></th>
        <th role="columnheader" scope="col" class="number"><button type="button" data-sort="joins">Joins</button></th>
        <th role="columnheader" scope="col"><button type="button" data-sort="loss">Last loss</button></th>
        <th role="columnheader" scope="col"><button type="button" data-sort="notified">Found</button></th>
        <th role="columnheader" scope="col">24 hours</th>
      </tr>
    </thead>
    <tbody id="rows" role="rowgroup"></tbody>
  </table>
  <nav class="pager" aria-label="Pages">
    <button type="button" id="previous">Previous</button>
    <p id="found" role="status"></p>
    <button type="button" id="next">Next</button>
  </nav>
</section>
<section aria-labelledby="store-title" class="card">
  <h2 id="store-title">Store</h2>
  <div id="store"></div>
</section>`,
);

/** The page of one domain. */
export const DOMAIN_PAGE: string = page(
  "Domain · Roomkeeper",
  "domain",
  `
<p class="back"><a href="/"><span aria-hidden="true">←</span> All domains</a></p>
<h2 id="name" class="name"></h2>
<div id="links"></div>
<section aria-labelledby="events-title" class="card">
  <h3 id="events-title">What happened</h3>
  <ol id="events" class="events"></ol>
</section>
<section aria-labelledby="joins-title" class="card">
  <div class="bar">
    <h3 id="joins-title">Rooms and joins</h3>
    <form id="search" role="search">
      <label for="query" class="hidden">Search rooms and users</label>
      <input id="query" type="search" placeholder="Search rooms and users" autocomplete="off"
        spellcheck="false" maxlength="200">
    </form>
  </div>
  <p id="found" role="status" class="quiet"></p>
  <div class="columns">
    <div>
      <h4 id="rooms-title">Rooms</h4>
      <ul id="rooms" class="rooms" aria-labelledby="rooms-title"></ul>
    </div>
    <div>
      <h4 id="users-title">Joins</h4>
      <ul id="joins" class="joins" aria-labelledby="users-title"></ul>
    </div>
  </div>
</section>`,
);

/** The form that asks a person for the token. */
export const LOGIN_PAGE: string = login("");

/** The same, after a wrong token. */
export const WRONG_TOKEN_PAGE: string = login(
  `<p id="wrong" role="alert" class="wrong">That is not the token.</p>`,
);

function login(wrong: string): string {
  const describedBy = wrong === "" ? "" : ` aria-describedby="wrong" aria-invalid="true"`;
  return frame(
    "Roomkeeper",
    "",
    `
<main class="login card">
  <h1>Roomkeeper</h1>
  <form method="post" action="/login">
    <label for="token">Token</label>
    <input id="token" name="token" type="password" required autofocus
      autocomplete="current-password"${describedBy}>
    ${wrong}
    <button>Open</button>
    <p class="quiet">The one that [http] in roomkeeper.toml names.</p>
  </form>
</main>`,
  );
}

function page(title: string, script: string, main: string): string {
  return frame(
    title,
    `<script type="module" src="/assets/${script}.js"></script>`,
    `
<a class="skip" href="#main">Skip to the content</a>
<header>
  <h1><a href="/">Roomkeeper</a></h1>
  <p id="connection" role="status"></p>
  <form method="post" action="/logout" id="leave" hidden><button>Leave</button></form>
</header>
<main id="main" tabindex="-1">
<noscript><p class="card">This page needs JavaScript. Without: <code>roomkeeper status</code>,
or <a href="/api/domains">the figures as JSON</a>.</p></noscript>
${main}
</main>`,
  );
}

function frame(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
${head}
</head>
<body>${body}
</body>
</html>
`;
}
