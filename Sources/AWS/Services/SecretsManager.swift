/// What Curfew reads of Secrets Manager.
package struct SecretsManager: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// The text of a secret's current version; nil where it is kept as bytes.
    package func secret(_ nameOrARN: String) async throws(AWSError) -> String? {
        let question = ["SecretId": nameOrARN]
        let answer: GetSecretValue = try await client.json(.secretsmanager, "GetSecretValue", region: region, question)
        return answer.SecretString
    }
}

// Names as they stand in the JSON.
// swift-format-ignore: AlwaysUseLowerCamelCase
private struct GetSecretValue: Decodable {
    let SecretString: String?
}
