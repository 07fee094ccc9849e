import Core
import Foundation

extension YAMLEntry {
    /// Whether and by what scans read what environments cost.
    func costRules() -> CostRules? {
        let example = "{ read: on }"
        guard let parts = mapping(["read", "tag", "metric"], example: example) else { return nil }
        var rules = CostRules()
        rules.isRead = parts["read"]?.choice(CostReadingChoice.self) == .on
        if let tag = parts["tag"]?.text("a cost allocation tag", example: rules.tag) {
            // AWS takes no longer key, and what it answers is taken apart at a dollar sign.
            if tag.utf8.count > 128 || tag.contains("$") {
                parts["tag"]?.reportUnexpected("a tag's key of at most 128 characters, without `$`", example: rules.tag)
            } else {
                rules.tag = tag
            }
        }
        rules.metric = parts["metric"]?.choice(CostMetric.self) ?? rules.metric
        return rules
    }

    /// `50`, or `{ amount: 50, currency: USD }`.
    func costLimit() -> CostLimit? {
        let example = "{ amount: 50, currency: USD }"
        if scalar != nil { return money().map { CostLimit($0) } }
        guard let parts = mapping(["amount", "currency"], required: ["amount"], example: example) else { return nil }
        let amount = parts["amount"]?.money()
        guard let entry = parts["currency"] else { return amount.map { CostLimit($0) } }
        guard let currency = entry.scalar, Money.isCurrency(currency) else {
            return entry.unexpected("a currency of three capital letters", example: "USD")
        }
        return amount.map { CostLimit($0, currency) }
    }

    /// What a case of a policy's tests says of the last whole month; an amount without a currency is in USD.
    func costOfTest(at now: Date) -> CostFacts? {
        let month = CostMonth(containing: now).previous
        if scalar == "unknown" {
            return CostFacts(months: [MonthlyCost(month: month, basis: .unknown, missing: "the case says so")])
        }
        return costLimit().map { limit in
            let amounts = [Money].total([Money(limit.amount, limit.currency ?? "USD")])
            return CostFacts(months: [MonthlyCost(month: month, basis: .billed, amounts: amounts)])
        }
    }

    fileprivate func money() -> Decimal? {
        guard let text = scalar, text.wholeMatch(of: /[0-9]{1,12}(\.[0-9]{1,6})?/) != nil,
            let amount = Money.amount(text)
        else { return unexpected("an amount of money from 0", example: "50") }
        return amount
    }
}

private enum CostReadingChoice: String, CaseIterable {
    case on
    case off
}
