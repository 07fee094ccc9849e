/// What Curfew reads of Systems Manager's parameters.
package struct Parameters: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// The value of one parameter, decrypted where it is a `SecureString`.
    package func value(of nameOrARN: String) async throws(AWSError) -> String {
        let question = GetParameter.Question(Name: nameOrARN, WithDecryption: true)
        let answer: GetParameter.Answer = try await client.json(.ssm, "GetParameter", region: region, question)
        return answer.Parameter.Value
    }
}

// Names as they stand in the JSON.
// swift-format-ignore: AlwaysUseLowerCamelCase
private enum GetParameter {
    struct Question: Encodable {
        let Name: String
        let WithDecryption: Bool
    }

    struct Answer: Decodable {
        let Parameter: Value
    }

    struct Value: Decodable {
        let Value: String
    }
}
