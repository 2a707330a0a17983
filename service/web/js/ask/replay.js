/** Asking again what was asked, with the release that answered then: whether the same comes out. */

import { path, post } from "../api.js";
import { button } from "../dom.js";
import { toast } from "../notes.js";

/** The button; it says what came out. */
export function replayButton(answerId) {
  const made = button("Replay", { class: "quiet small", icon: "clock", title: "Ask again with the release that gave this answer" }, async () => {
    made.disabled = true;
    try {
      const reply = await post(`v1/${path("answers", answerId, "replay")}`);
      if (reply.same) toast("The same answer, from the same release");
      else toast("Another answer than then: documents or settings have changed", "bad");
    } catch (error) {
      toast(`${error.message}. ${error.remedy}`, "bad");
    } finally {
      made.disabled = false;
    }
  });
  return made;
}
