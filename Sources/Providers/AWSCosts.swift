import AWS
package import Core
import Foundation

extension AWSProvider: CostReading {
    package func costs(_ question: CostQuestion, by target: Target) async throws(ProviderFailure) -> [CostsOfMonth] {
        try await asking(target) { (client, region) throws(AWSError) in
            let periods = try await CostExplorer(client, region: region).monthly(
                of: question.account.text,
                by: question.tag,
                metric: question.metric.rawValue,
                from: "\(question.from.first)",
                before: "\(question.to.next.first)"
            )
            var months: [CostsOfMonth] = []
            for period in periods { months.append(try CostsOfMonth(period)) }
            return months
        }
    }
}

extension CostsOfMonth {
    fileprivate init(_ period: CostPeriod) throws(AWSError) {
        guard let month = CostMonth(text: String(period.start.prefix(10))) else {
            throw AWSError(.notUnderstood, message: "answer not understood: a period of costs is no month")
        }
        var items: [Item] = []
        for group in period.groups {
            guard let amount = Money.amount(group.amount) else {
                throw AWSError(.notUnderstood, message: "answer not understood: a cost is no number")
            }
            guard Money.isCurrency(group.unit) else {
                // What costs nothing is not always given a currency.
                if amount == 0 { continue }
                throw AWSError(.notUnderstood, message: "answer not understood: a cost has no currency")
            }
            items.append(
                Item(
                    name: group.tagValue.isEmpty ? nil : group.tagValue,
                    region: group.region,
                    cost: Money(amount, group.unit)
                )
            )
        }
        self.init(month: month, isEstimated: period.isEstimated, items: items)
    }
}
