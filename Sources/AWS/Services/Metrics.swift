package import Foundation

/// One metric as CloudWatch names it.
package struct MetricName: Sendable, Hashable {
    package let namespace: String
    package let name: String
    package let dimension: String
    package let value: String

    package init(_ namespace: String, _ name: String, _ dimension: String, _ value: String) {
        self.namespace = namespace
        self.name = name
        self.dimension = dimension
        self.value = value
    }
}

/// The sums of one metric, each with the beginning of its period.
package struct MetricSums: Sendable, Equatable {
    package var sums: [Date: Double] = [:]
    /// `Complete`, or why it is not; nil where there was no answer about it.
    package var status: String?

    package var isComplete: Bool { status == "Complete" }
}

/// What Curfew reads of CloudWatch's metrics.
///
/// CloudWatch takes the query protocol beside JSON and CBOR, which its newer clients speak.
package struct Metrics: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// AWS's limit for one call.
    package static let mostAtOnce = 500

    /// The sums by period, in the order asked; all pages.
    ///
    /// A metric without data has none, and is complete. Times are sent in whole seconds, the end rounded up: what
    /// happened in the same second is counted along.
    package func sums(
        of metrics: [MetricName],
        period: Int,
        from: Date,
        to: Date
    ) async throws(AWSError) -> [MetricSums] {
        var all: [MetricSums] = []
        while all.count < metrics.count {
            let some = Array(metrics[all.count..<min(all.count + Self.mostAtOnce, metrics.count)])
            all += try await sums(ofSome: some, period: period, from: from, to: to)
        }
        return all
    }

    private func sums(
        ofSome metrics: [MetricName],
        period: Int,
        from: Date,
        to: Date
    ) async throws(AWSError) -> [MetricSums] {
        let questions = metrics.enumerated().flatMap { index, metric in
            Self.question(metric, number: index, period: period)
        }
        let times: [(name: String, value: String?)] = [
            ("StartTime", Self.text(from)), ("EndTime", Self.text(Self.wholeSecond(to))),
            ("ScanBy", "TimestampDescending"),
        ]
        var sums = metrics.map { _ in MetricSums() }
        do {
            let answers = try await allPages { (token) throws(AWSError) in
                let parameters = questions + times + [("NextToken", token)]
                return try await client.query(.cloudwatch, "GetMetricData", region: region, parameters) {
                    (result) throws(AWSError) in
                    let answers = try mapped(try result.promised("MetricDataResults")) { (item) throws(AWSError) in
                        try Answer(item)
                    }
                    return Page(items: answers, nextToken: result.optional("NextToken"))
                }
            }
            for answer in answers where sums.indices.contains(answer.number) {
                sums[answer.number].sums.merge(answer.sums, uniquingKeysWith: +)
                // A part is followed by the rest on a later page: the last word counts.
                sums[answer.number].status = answer.status
            }
            return sums
        } catch {
            throw error.on(.cloudwatch, "GetMetricData", region: region)
        }
    }

    private static func question(
        _ metric: MetricName,
        number: Int,
        period: Int
    ) -> [(name: String, value: String?)] {
        let prefix = "MetricDataQueries.member.\(number + 1)"
        let stat = "\(prefix).MetricStat"
        return [
            ("\(prefix).Id", "q\(number)"), ("\(stat).Metric.Namespace", metric.namespace),
            ("\(stat).Metric.MetricName", metric.name),
            ("\(stat).Metric.Dimensions.member.1.Name", metric.dimension),
            ("\(stat).Metric.Dimensions.member.1.Value", metric.value), ("\(stat).Period", String(period)),
            ("\(stat).Stat", "Sum"),
        ]
    }

    private static func wholeSecond(_ date: Date) -> Date {
        Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.up))
    }

    private static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(timeZone: .gmt))
    }

    private struct Answer: Sendable {
        let number: Int
        let status: String
        let sums: [Date: Double]

        init(_ item: XMLTree) throws(AWSError) {
            let id = try item.required("Id")
            guard id.first == "q", let number = Int(id.dropFirst()) else {
                throw notUnderstood("'\(id)' was not asked")
            }
            self.number = number
            status = try item.required("StatusCode")
            let times = item.members("Timestamps")
            let values = item.members("Values")
            guard times.count == values.count else { throw notUnderstood("as many values as times were promised") }
            var sums: [Date: Double] = [:]
            for (time, value) in zip(times, values) {
                guard let date = awsDate(time.text), let sum = Double(value.text), sum.isFinite else {
                    throw notUnderstood("a sum is no number of a time")
                }
                sums[date, default: 0] += sum
            }
            self.sums = sums
        }
    }
}
