// @ts-check
// "Add phone" and "Reset phones".
import { ask } from './sandbox-api.js';

/** @param {string} id @param {(form: FormData) => void} onSubmit */
function open(id, onSubmit) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById(id));
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
  form.reset();
  form.onsubmit = () => onSubmit(new FormData(form));
  /** @type {HTMLElement} */ (dialog.querySelector('[data-close]')).onclick = () => dialog.close();
  dialog.showModal();
}

/** @param {(name: string) => void} onAdded @param {(problem: unknown) => void} onProblem */
export function openAddPhone(onAdded, onProblem) {
  open('add-dialog', (form) => {
    const first_name = String(form.get('first_name')).trim();
    const last_name = String(form.get('last_name')).trim();
    ask('users', { users: [{ first_name, ...(last_name === '' ? {} : { last_name }) }] })
      .then(({ users }) => onAdded(users[0].first_name))
      .catch(onProblem);
  });
}

/** @param {(name: string) => void} onAdded @param {(problem: unknown) => void} onProblem */
export function openAddPerson(onAdded, onProblem) {
  open('add-person-dialog', (form) => {
    const wa_id = String(form.get('wa_id')).replace(/\D/g, '');
    const name = String(form.get('name')).trim();
    ask('whatsapp/people', { people: [{ name, ...(wa_id === '' ? {} : { wa_id }) }] })
      .then(({ people }) => onAdded(people[0].name))
      .catch(onProblem);
  });
}

/** @param {number} total @param {() => void} onConfirmed */
export function openResetPhones(total, onConfirmed) {
  const text = /** @type {HTMLElement} */ (document.getElementById('reset-text'));
  text.textContent = `The messages of ${total.toLocaleString('en-GB')} phones and the counters are cleared. People stay, and so do their blocks.`;
  open('reset-dialog', onConfirmed);
}
