/// What one group of costs came to, as the service words it.
package struct CostGroup: Sendable, Equatable {
    /// The tag's value; empty for what carries no such tag.
    package let tagValue: String
    /// A region's code, or a word such as `global` or `NoRegion`.
    package let region: String
    /// A decimal number.
    package let amount: String
    package let unit: String
}

/// One month of them.
package struct CostPeriod: Sendable, Equatable {
    /// `2026-10-01`.
    package let start: String
    package var isEstimated: Bool
    package var groups: [CostGroup]
}

/// Cost Explorer, which is one service for the whole partition.
///
/// Each request costs USD 0.01.
package struct CostExplorer: Sendable {
    private let client: AWSClient
    private let region: String

    /// `region`: any region of the partition.
    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// The costs of one account by month, by a tag and by region; all pages.
    ///
    /// `from` and `before` are first days of months. A management account sees every account's costs: those of this one
    /// are asked for alone. A period may be spread over several pages.
    package func monthly(
        of account: String,
        by tag: String,
        metric: String,
        from: String,
        before: String
    ) async throws(AWSError) -> [CostPeriod] {
        do {
            let parts = try await allPages { (token) throws(AWSError) in
                let question = GetCostAndUsage.Question(
                    TimePeriod: .init(Start: from, End: before),
                    Metrics: [metric],
                    GroupBy: [.init(Type: "TAG", Key: tag), .init(Type: "DIMENSION", Key: "REGION")],
                    Filter: .init(Dimensions: .init(Key: "LINKED_ACCOUNT", Values: [account])),
                    NextPageToken: token
                )
                let answer: GetCostAndUsage.Answer = try await client.json(
                    .costs,
                    "GetCostAndUsage",
                    region: region,
                    question
                )
                var periods: [CostPeriod] = []
                for result in answer.ResultsByTime { periods.append(try CostPeriod(result, tag: tag, metric: metric)) }
                return Page(items: periods, nextToken: AWS.token(answer.NextPageToken))
            }
            return joined(parts)
        } catch {
            throw error.on(.costs, "GetCostAndUsage", region: region)
        }
    }

    private func joined(_ parts: [CostPeriod]) -> [CostPeriod] {
        var periods: [CostPeriod] = []
        for part in parts {
            if let index = periods.firstIndex(where: { $0.start == part.start }) {
                periods[index].groups += part.groups
                periods[index].isEstimated = periods[index].isEstimated || part.isEstimated
            } else {
                periods.append(part)
            }
        }
        return periods
    }
}

extension CostPeriod {
    fileprivate init(_ result: GetCostAndUsage.Result, tag: String, metric: String) throws(AWSError) {
        var groups: [CostGroup] = []
        for group in result.Groups ?? [] {
            // The key of a tag's group is the tag, a dollar sign, and its value, which may be empty.
            guard group.Keys.count == 2, group.Keys[0].hasPrefix("\(tag)$") else {
                throw notUnderstood("a group of costs is not named by its tag and its region")
            }
            guard let cost = group.Metrics[metric] else {
                throw notUnderstood("a group of costs lacks its \(metric)")
            }
            groups.append(
                CostGroup(
                    tagValue: String(group.Keys[0].dropFirst(tag.count + 1)),
                    region: group.Keys[1],
                    amount: cost.Amount,
                    unit: cost.Unit
                )
            )
        }
        // What is not said to be closed is not.
        self.init(start: result.TimePeriod.Start, isEstimated: result.Estimated ?? true, groups: groups)
    }
}

// Names as they stand in the JSON.
// swift-format-ignore: AlwaysUseLowerCamelCase
private enum GetCostAndUsage {
    struct Question: Encodable {
        let TimePeriod: Interval
        var Granularity = "MONTHLY"
        let Metrics: [String]
        let GroupBy: [Definition]
        let Filter: Expression
        let NextPageToken: String?
    }

    struct Interval: Codable {
        let Start: String
        let End: String
    }

    struct Definition: Encodable {
        let `Type`: String
        let Key: String
    }

    struct Expression: Encodable {
        let Dimensions: Values
    }

    struct Values: Encodable {
        let Key: String
        let Values: [String]
    }

    struct Answer: Decodable {
        let NextPageToken: String?
        let ResultsByTime: [Result]
    }

    struct Result: Decodable {
        let TimePeriod: Interval
        let Groups: [Group]?
        let Estimated: Bool?
    }

    struct Group: Decodable {
        let Keys: [String]
        let Metrics: [String: Amount]
    }

    struct Amount: Decodable {
        let Amount: String
        let Unit: String
    }
}
