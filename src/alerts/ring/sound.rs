//! Two short notes, made by the browser itself: nothing is fetched.

use std::cell::OnceCell;

use js_sys::Reflect;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    type AudioContext;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<AudioContext, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn resume(this: &AudioContext) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, js_name = currentTime)]
    fn current_time(this: &AudioContext) -> f64;
    #[wasm_bindgen(method, getter)]
    fn destination(this: &AudioContext) -> Node;
    #[wasm_bindgen(method, js_name = createOscillator)]
    fn create_oscillator(this: &AudioContext) -> Oscillator;
    #[wasm_bindgen(method, js_name = createGain)]
    fn create_gain(this: &AudioContext) -> Gain;

    type Node;
    #[wasm_bindgen(method)]
    fn connect(this: &Node, to: &Node);

    #[wasm_bindgen(extends = Node)]
    type Oscillator;
    #[wasm_bindgen(method, getter)]
    fn frequency(this: &Oscillator) -> Param;
    #[wasm_bindgen(method)]
    fn start(this: &Oscillator, at: f64);
    #[wasm_bindgen(method)]
    fn stop(this: &Oscillator, at: f64);

    #[wasm_bindgen(extends = Node)]
    type Gain;
    #[wasm_bindgen(method, getter)]
    fn gain(this: &Gain) -> Param;

    type Param;
    #[wasm_bindgen(method, js_name = setValueAtTime)]
    fn set_value_at_time(this: &Param, value: f32, at: f64);
    #[wasm_bindgen(method, js_name = exponentialRampToValueAtTime)]
    fn ramp_to(this: &Param, value: f32, at: f64);
}

/// The two notes: when each begins, in seconds, and its frequency in hertz.
const NOTES: [(f64, f32); 2] = [(0.0, 659.3), (0.11, 880.0)];
/// As good as silent; a ramp cannot begin at nothing.
const SILENT: f32 = 0.0001;
const LOUD: f32 = 0.12;

thread_local! {
    static CONTEXT: OnceCell<AudioContext> = const { OnceCell::new() };
}

/// Plays the notes. A page that nobody has touched yet stays silent, as browsers want it.
pub fn play() {
    if !touched() {
        return;
    }
    CONTEXT.with(|kept| {
        let context = match kept.get() {
            Some(context) => context,
            None => {
                let Ok(made) = AudioContext::new() else { return };
                kept.get_or_init(|| made)
            }
        };
        // What cannot sound now is not heard later.
        let _ = context.resume();
        let now = context.current_time();
        for (begin, hertz) in NOTES {
            let (note, gain, at) =
                (context.create_oscillator(), context.create_gain(), now + begin);
            note.frequency().set_value_at_time(hertz, at);
            gain.gain().set_value_at_time(SILENT, at);
            gain.gain().ramp_to(LOUD, at + 0.02);
            gain.gain().ramp_to(SILENT, at + 0.3);
            note.connect(&gain);
            gain.connect(&context.destination());
            note.start(at);
            note.stop(at + 0.32);
        }
    });
}

/// Whether somebody has pressed anything on the page. A browser that does not say is asked to play.
fn touched() -> bool {
    let navigator = window().navigator();
    let activation = Reflect::get(&navigator, &"userActivation".into()).unwrap_or_default();
    let touched = Reflect::get(&activation, &"hasBeenActive".into());
    touched.ok().and_then(|touched| touched.as_bool()).unwrap_or(true)
}
