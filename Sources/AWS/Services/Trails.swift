package import Foundation

/// One entry of CloudTrail's event history.
package struct LookedUpEvent: Sendable, Equatable {
    package let at: Date
    /// Nil where the entry's record is missing or is not what CloudTrail documents.
    package let record: TrailRecord?
}

/// What Curfew reads of CloudTrail.
package struct Trails: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Calls of one name between two moments, newest first, at most 50.
    ///
    /// A token is good only for the same name and moments. AWS answers two of these a second in an account and region.
    package func events(
        named name: String,
        from: Date,
        until: Date,
        page token: String?
    ) async throws(AWSError) -> Page<LookedUpEvent> {
        let question = Question(
            LookupAttributes: [.init(AttributeKey: "EventName", AttributeValue: name)],
            // Whole seconds, as AWS's own tools send them.
            StartTime: Int64(from.timeIntervalSince1970.rounded(.down)),
            EndTime: Int64(until.timeIntervalSince1970.rounded(.up)),
            NextToken: token
        )
        let answer: Answer = try await client.json(.cloudtrail, "LookupEvents", region: region, question)
        let events = answer.Events.map { event in
            LookedUpEvent(
                at: Date(timeIntervalSince1970: event.EventTime),
                record: event.CloudTrailEvent.flatMap {
                    try? JSONDecoder().decode(TrailRecord.self, from: Data($0.utf8))
                }
            )
        }
        return Page(items: events, nextToken: AWS.token(answer.NextToken))
    }

    // Names as they stand in the JSON.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Question: Encodable {
        let LookupAttributes: [Attribute]
        let StartTime: Int64
        let EndTime: Int64
        var MaxResults = 50
        let NextToken: String?

        struct Attribute: Encodable {
            let AttributeKey: String
            let AttributeValue: String
        }
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Answer: Decodable {
        let Events: [Event]
        let NextToken: String?

        struct Event: Decodable {
            let EventTime: Double
            /// JSON in a string.
            let CloudTrailEvent: String?
        }
    }
}
