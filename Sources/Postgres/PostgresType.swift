/// A type in PostgreSQL by its object id (the server's `pg_type.dat`; these ids never change).
package struct PostgresType: Hashable, Sendable {
    package let oid: UInt32

    package init(oid: UInt32) { self.oid = oid }

    package static let bool = Self(oid: 16)
    package static let bytea = Self(oid: 17)
    package static let char = Self(oid: 18)
    package static let name = Self(oid: 19)
    package static let int8 = Self(oid: 20)
    package static let int2 = Self(oid: 21)
    package static let int4 = Self(oid: 23)
    package static let text = Self(oid: 25)
    package static let json = Self(oid: 114)
    package static let xml = Self(oid: 142)
    package static let float4 = Self(oid: 700)
    package static let float8 = Self(oid: 701)
    package static let unknown = Self(oid: 705)
    package static let bpchar = Self(oid: 1_042)
    package static let varchar = Self(oid: 1_043)
    package static let date = Self(oid: 1_082)
    package static let timestamp = Self(oid: 1_114)
    package static let timestamptz = Self(oid: 1_184)
    package static let interval = Self(oid: 1_186)
    package static let numeric = Self(oid: 1_700)
    package static let uuid = Self(oid: 2_950)
    package static let jsonb = Self(oid: 3_802)
    package static let oid = Self(oid: 26)

    package static let boolArray = Self(oid: 1_000)
    package static let byteaArray = Self(oid: 1_001)
    package static let nameArray = Self(oid: 1_003)
    package static let int2Array = Self(oid: 1_005)
    package static let int4Array = Self(oid: 1_007)
    package static let textArray = Self(oid: 1_009)
    package static let bpcharArray = Self(oid: 1_014)
    package static let varcharArray = Self(oid: 1_015)
    package static let int8Array = Self(oid: 1_016)
    package static let float4Array = Self(oid: 1_021)
    package static let float8Array = Self(oid: 1_022)
    package static let timestamptzArray = Self(oid: 1_185)
    package static let intervalArray = Self(oid: 1_187)
    package static let uuidArray = Self(oid: 2_951)
    package static let jsonArray = Self(oid: 199)
    package static let jsonbArray = Self(oid: 3_807)

    /// Types made in a database (enums, domains' bases, extensions) have ids from here on.
    var isUserDefined: Bool { oid >= 16_384 }

    var isKnownArray: Bool {
        switch self {
        case .boolArray, .byteaArray, .nameArray, .int2Array, .int4Array, .textArray, .bpcharArray, .varcharArray,
            .int8Array, .float4Array, .float8Array, .timestamptzArray, .intervalArray, .uuidArray, .jsonArray,
            .jsonbArray:
            true
        default: false
        }
    }
}

extension PostgresType: CustomStringConvertible {
    package var description: String { Self.names[self] ?? "type \(oid)" }

    private static let names: [PostgresType: String] = [
        .bool: "boolean", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "bigint", .int2: "smallint",
        .int4: "integer", .text: "text", .json: "json", .xml: "xml", .float4: "real", .float8: "double precision",
        .unknown: "unknown", .bpchar: "character", .varchar: "character varying", .date: "date",
        .timestamp: "timestamp without time zone", .timestamptz: "timestamp with time zone", .interval: "interval",
        .numeric: "numeric", .uuid: "uuid", .jsonb: "jsonb", .oid: "oid", .boolArray: "boolean[]",
        .byteaArray: "bytea[]", .nameArray: "name[]", .int2Array: "smallint[]", .int4Array: "integer[]",
        .textArray: "text[]", .bpcharArray: "character[]", .varcharArray: "character varying[]",
        .int8Array: "bigint[]", .float4Array: "real[]", .float8Array: "double precision[]",
        .timestamptzArray: "timestamp with time zone[]", .intervalArray: "interval[]", .uuidArray: "uuid[]",
        .jsonArray: "json[]", .jsonbArray: "jsonb[]",
    ]
}
