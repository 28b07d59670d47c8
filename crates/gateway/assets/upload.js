// Shows how much of a file has been sent. Without this script the form works the same, silently.
"use strict";
document.querySelectorAll("form[data-upload]").forEach(function (form) {
  const bar = form.querySelector("progress");
  const said = form.querySelector("[role=status]");
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", function (sent) {
      if (sent.lengthComputable) {
        bar.max = sent.total;
        bar.value = sent.loaded;
        said.textContent = Math.round(100 * sent.loaded / sent.total) + " %";
      }
    });
    request.upload.addEventListener("load", function () {
      bar.removeAttribute("value");
      said.textContent = form.dataset.working;
    });
    request.addEventListener("load", function () {
      if (request.status < 400) {
        location.assign(request.responseURL);
      } else {
        document.documentElement.innerHTML = request.responseText;
      }
    });
    request.addEventListener("error", function () {
      bar.hidden = true;
      said.textContent = form.dataset.failed;
    });
    bar.hidden = false;
    request.send(new FormData(form));
  });
});
