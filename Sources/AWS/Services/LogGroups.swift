/// A log group of CloudWatch Logs.
package struct LogGroup: Sendable, Equatable {
    package let name: String
    /// Nil where AWS did not say; it counts with a delay of hours.
    package let storedBytes: Int64?
    package let isDeletionProtected: Bool
}

/// What Curfew reads of CloudWatch Logs.
package struct LogGroups: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// All whose names begin so, all pages.
    package func list(prefix: String) async throws(AWSError) -> [LogGroup] {
        do {
            return try await allPages { (token) throws(AWSError) in
                let question = DescribeLogGroups.Question(
                    logGroupNamePrefix: prefix.isEmpty ? nil : prefix,
                    nextToken: token
                )
                let answer: DescribeLogGroups.Answer = try await client.json(
                    .logs,
                    "DescribeLogGroups",
                    region: region,
                    question
                )
                return Page(items: answer.logGroups.map(LogGroup.init), nextToken: AWS.token(answer.nextToken))
            }
        } catch {
            throw error.on(.logs, "DescribeLogGroups", region: region)
        }
    }

    /// The one of exactly that name; nil where there is none.
    package func group(_ name: String) async throws(AWSError) -> LogGroup? {
        try await list(prefix: name).first { $0.name == name }
    }
}

/// Deletes log groups that their stack left behind.
package struct LogGroupDeletion: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// One that is not there any more is a success.
    package func delete(_ name: String, window: WriteWindow) async throws(AWSError) {
        do {
            let question = ["logGroupName": name]
            try await client.jsonCommand(.logs, "DeleteLogGroup", region: region, question, window: window)
        } catch {
            guard error.code == "ResourceNotFoundException" else { throw error }
        }
    }
}

private enum DescribeLogGroups {
    struct Question: Encodable {
        let logGroupNamePrefix: String?
        let nextToken: String?
        var limit = 50
    }

    struct Answer: Decodable {
        let logGroups: [Group]
        let nextToken: String?
    }

    struct Group: Decodable {
        let logGroupName: String
        let storedBytes: Int64?
        let deletionProtectionEnabled: Bool?
    }
}

extension LogGroup {
    fileprivate init(_ group: DescribeLogGroups.Group) {
        self.init(
            name: group.logGroupName,
            storedBytes: group.storedBytes,
            isDeletionProtected: group.deletionProtectionEnabled ?? false
        )
    }
}
