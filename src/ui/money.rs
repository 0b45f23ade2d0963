//! Amounts of money with their currency.

use iso_currency::Currency;

use super::thousands;

/// Words in a name that say that a number is money, as the Segment specification and Intercom use them.
const AMOUNTS: [&str; 26] = [
    "amount", "arr", "balance", "budget", "cost", "discount", "fee", "fees", "income", "ltv",
    "mrr", "paid", "price", "profit", "refund", "revenue", "shipping", "spend", "spending",
    "spent", "subtotal", "tax", "total", "turnover", "value", "worth",
];
/// Words in a name that say that it is not, whatever else it says.
const COUNTS: [&str; 12] = [
    "count", "days", "id", "items", "number", "orders", "percent", "quantity", "rate", "seats",
    "users", "visits",
];

/// An amount in a currency of ISO 4217, with as many decimals as it has: `1,204.50 EUR`; `None` for another code. An amount
/// with more decimals, such as the price of a call, keeps them.
pub fn money(amount: f64, code: &str) -> Option<String> {
    let currency = currency(code)?;
    let decimals = usize::from(currency.exponent().unwrap_or(2));
    Some(format!("{} {}", written(amount, decimals)?, currency.code()))
}

/// An amount whose currency nobody said: `1,204.50`.
pub fn money_alone(amount: f64) -> String {
    written(amount, 2).unwrap_or_else(|| format!("{amount:.2}"))
}

/// With commas between thousands, and at least so many decimals. What is too large or too small to be written plainly is no
/// amount that anybody pays.
fn written(amount: f64, decimals: usize) -> Option<String> {
    if !amount.is_finite() || amount.abs() >= 1e15 {
        return None;
    }
    let text = format!("{:.6}", amount.abs());
    let (whole, rest) = text.split_once('.')?;
    let needed = rest.trim_end_matches('0').len().max(decimals);
    let rest = &rest[..needed];
    let whole = thousands(whole.parse().ok()?);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if amount < 0.0 { "-" } else { "" };
    Some(format!("{sign}{whole}{point}{rest}"))
}

/// The same of an amount in the smallest unit of the currency: cents, but whole yen.
pub fn money_of_units(units: f64, code: &str) -> Option<String> {
    let decimals = i32::from(currency(code)?.exponent().unwrap_or(2));
    money(units / 10_f64.powi(decimals), code)
}

fn currency(code: &str) -> Option<Currency> {
    Currency::from_code(&code.trim().to_ascii_uppercase())
}

/// Whether a number of this name is an amount of money: `total`, `orderTotal`, `monthly_spend`; not `total_items`.
pub fn is_amount(name: &str) -> bool {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && small) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    any(&AMOUNTS) && !any(&COUNTS)
}

#[cfg(test)]
mod tests {
    use super::{is_amount, money, money_alone, money_of_units};

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let of = |amount: f64, code: &str| money(amount, code).unwrap_or_default();
        assert_eq!(of(1_204.5, "EUR"), "1,204.50 EUR");
        assert_eq!(of(1_204.0, "jpy"), "1,204 JPY");
        assert_eq!(of(-3.0, "KWD"), "-3.000 KWD");
        assert_eq!(of(0.0042, "USD"), "0.0042 USD");
        assert_eq!(of(0.1 + 0.2, "USD"), "0.30 USD");
        assert_eq!(of(12.0, "points"), "");
        assert_eq!(of(f64::NAN, "EUR"), "");
        assert_eq!(money_of_units(34_999.0, "usd").as_deref(), Some("349.99 USD"));
        assert_eq!(money_of_units(500.0, "JPY").as_deref(), Some("500 JPY"));
        assert_eq!(money_alone(12_000.0), "12,000.00");
        assert_eq!(money_alone(-20.5), "-20.50");
    }

    #[test]
    fn names_say_whether_a_number_is_money() {
        for name in
            ["total", "orderTotal", "monthly_spend", "Price", "MRR", "lifetime value", "plan.price"]
        {
            assert!(is_amount(name), "{name}");
        }
        for name in ["total_items", "seats", "number", "order_id", "totally", "price_count", ""] {
            assert!(!is_amount(name), "{name}");
        }
    }
}
