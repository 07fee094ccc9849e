/// The names a person gave to the account, from IAM, which is one service for the whole partition.
package struct AccountAliases: Sendable {
    private let client: AWSClient
    private let region: String

    /// `region`: any region of the partition.
    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// At most one as AWS has it today; empty means that the account has none, and was read.
    package func list() async throws(AWSError) -> [String] {
        do {
            return try await allPages { (token) throws(AWSError) in
                try await client.query(.iam, "ListAccountAliases", region: region, [("Marker", token)]) {
                    (result) throws(AWSError) in
                    let names = try result.promised("AccountAliases").map(\.text)
                    let marker = result.optional("Marker")
                    guard try result.flag("IsTruncated") == true else { return Page(items: names, nextToken: nil) }
                    guard let marker else { throw notUnderstood("IsTruncated without a Marker") }
                    return Page(items: names, nextToken: marker)
                }
            }
        } catch {
            throw error.on(.iam, "ListAccountAliases", region: region)
        }
    }
}
