/// What Curfew reads of IAM's roles.
package struct Roles: Sendable {
    private let client: AWSClient
    private let region: String

    /// `region`: any region of the partition.
    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// By its name, without a path.
    package func exists(_ name: String) async throws(AWSError) -> Bool {
        do {
            return try await client.query(.iam, "GetRole", region: region, [("RoleName", name)]) {
                (result) throws(AWSError) in
                guard let role = result["Role"] else { throw notUnderstood("no Role in the answer") }
                return try role.required("RoleName") == name
            }
        } catch {
            guard error.code == "NoSuchEntity" else { throw error }
            return false
        }
    }
}
