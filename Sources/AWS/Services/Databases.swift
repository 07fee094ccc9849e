/// What a database says of itself.
package struct DatabaseReading: Sendable, Equatable {
    /// Nil where AWS does not know it.
    package let items: Int?
    package let bytes: Int64?
    /// Nil where there is no such thing.
    package let isDeletionProtected: Bool?
}

/// What Curfew reads of DynamoDB and RDS.
///
/// Nil is always: there is none of that name.
package struct Databases: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Item count and size are renewed by DynamoDB about every six hours.
    package func table(_ name: String) async throws(AWSError) -> DatabaseReading? {
        do {
            let answer: DescribeTable = try await client.json(
                .dynamodb,
                "DescribeTable",
                region: region,
                ["TableName": name]
            )
            return DatabaseReading(
                items: answer.Table.ItemCount,
                bytes: answer.Table.TableSizeBytes,
                isDeletionProtected: answer.Table.DeletionProtectionEnabled ?? false
            )
        } catch {
            guard error.code == "ResourceNotFoundException" else { throw error }
            return nil
        }
    }

    package func instance(_ id: String) async throws(AWSError) -> DatabaseReading? {
        do {
            return try await rds("DescribeDBInstances", "DBInstance", id)
        } catch {
            guard error.code == "DBInstanceNotFound" || error.code == "DBInstanceNotFoundFault" else { throw error }
            return nil
        }
    }

    /// Also of Neptune and DocumentDB, which are asked through RDS.
    package func cluster(_ id: String) async throws(AWSError) -> DatabaseReading? {
        do {
            return try await rds("DescribeDBClusters", "DBCluster", id)
        } catch {
            guard error.code == "DBClusterNotFoundFault" || error.code == "DBClusterNotFound" else { throw error }
            return nil
        }
    }

    private func rds(_ operation: String, _ item: String, _ id: String) async throws(AWSError) -> DatabaseReading {
        try await client.query(.rds, operation, region: region, [("\(item)Identifier", id)]) {
            (result) throws(AWSError) in
            let found = try result.promised("\(item)s", of: item)
            guard found.count == 1, let database = found.first,
                database.text("\(item)Identifier")?.lowercased() == id.lowercased()
            else { throw notUnderstood("asked for one database, got \(found.count)") }
            // Aurora's volume grows by itself: it says 1 whatever it holds.
            let grows = database.text("Engine")?.hasPrefix("aurora") ?? true
            let gibibytes = database.optional("AllocatedStorage").flatMap { Int64($0) }
            return DatabaseReading(
                items: nil,
                bytes: grows ? nil : gibibytes.map { $0 << 30 },
                isDeletionProtected: try database.flag("DeletionProtection")
            )
        }
    }

    // Names as they stand in the JSON.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct DescribeTable: Decodable {
        let Table: Content

        struct Content: Decodable {
            let ItemCount: Int?
            let TableSizeBytes: Int64?
            let DeletionProtectionEnabled: Bool?
        }
    }
}
