// What was copied, for those who do not see the button change.
const copied = document.createElement('div');
copied.className = 'spoken';
copied.setAttribute('role', 'status');
document.body.append(copied);

// Copies what a button carries. In the click itself, since browsers allow the clipboard only there.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-copy]');
  if (!button) return;
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS there is no clipboard but this one.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'spoken';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.classList.add('copied-now');
  button.textContent = 'Copied';
  copied.textContent = button.getAttribute('aria-label').replace('Copy', 'Copied');
  setTimeout(() => {
    button.classList.remove('copied-now');
    button.textContent = 'Copy';
    copied.textContent = '';
  }, 1500);
});
