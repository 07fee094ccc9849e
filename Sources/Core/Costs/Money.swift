package import Foundation

/// An amount in one currency; two currencies are never added up.
package struct Money: Sendable, Hashable, Codable {
    package var amount: Decimal
    /// As AWS answers it: `USD`.
    package let currency: String

    package init(_ amount: Decimal, _ currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// Three capital letters.
    package static func isCurrency(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { (65...90).contains($0) }
    }

    /// All of `text` as a number, such as `12.5` or `0.0000001`; nil for anything else.
    package static func amount(_ text: String) -> Decimal? {
        guard text.wholeMatch(of: /-?[0-9]{1,24}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?/) != nil,
            let amount = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")), amount.isFinite
        else { return nil }
        return amount
    }

    /// `12.34 USD`; what is neither nothing nor a cent is said to be below one.
    package var text: String {
        if amount != 0, amount.magnitude < Decimal(sign: .plus, exponent: -2, significand: 1) {
            return "\(amount < 0 ? "over -" : "under ")0.01 \(currency)"
        }
        return "\(cents) \(currency)"
    }

    private var cents: String {
        var (exact, rounded) = (amount, Decimal())
        unsafe NSDecimalRound(&rounded, &exact, 2, .plain)
        let parts = "\(rounded)".split(separator: ".", maxSplits: 1).map(String.init)
        let fraction = parts.count > 1 ? parts[1] : ""
        return "\(parts.first ?? "0").\(fraction)\(String(repeating: "0", count: max(0, 2 - fraction.count)))"
    }
}

extension [Money] {
    /// Added up for each currency apart, sorted by it; what is nothing falls away.
    package static func total(_ amounts: some Sequence<Money>) -> [Money] {
        var sums: [String: Decimal] = [:]
        for money in amounts { sums[money.currency, default: 0] += money.amount }
        return sums.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { Money($0.value, $0.key) }
    }
}
