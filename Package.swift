// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target of ours: what the compiler can refuse, it refuses.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

func ours(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "curfew",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "curfew", targets: ["curfew"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // No traits: only what reads values from what it is given; YAML stays with Yams, which keeps line and column.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Foundations that know nothing of Curfew.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        ours("Threads"),
        ours("Postgres", ["CPostgres", "Threads", subprocess]),
        ours("Curl", ["CCurl", "Threads"]),
        ours("Mail", ["Curl", subprocess]),
        ours("AWS", ["Curl", "CExpat", crypto, subprocess]),

        // Values and pure functions.
        ours("Core", [crypto]),

        // The outside and our records, as Core wants to see them.
        .target(
            name: "Settings",
            dependencies: ["Core", configuration, yams],
            resources: [
                .embedInCode("Runtimes/lambda-runtimes.csv"), .embedInCode("Schema/curfew-policy.schema.json"),
                .embedInCode("Schema/curfew-policy-tests.schema.json"),
            ],
            swiftSettings: strict
        ),
        ours("Providers", ["Core", "AWS"]),
        ours("Hosts", ["Core", "Curl", subprocess]),
        .target(
            name: "Ledger",
            dependencies: ["Core", "Postgres"],
            resources: [.embedInCode("Migrations"), .embedInCode("Grants.sql")],
            swiftSettings: strict
        ),

        // The verbs, and what people read.
        ours("Operations", ["Core"]),
        .target(
            name: "Reports",
            dependencies: ["Core", mustache],
            resources: [.embedInCode("Weekly/Templates")],
            swiftSettings: strict
        ),

        .executableTarget(
            name: "curfew",
            dependencies: [
                "Core", "Operations", "Ledger", "Providers", "Hosts", "AWS", "Curl", "Mail", "Reports", "Settings",
                arguments,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "TestSupport",
            dependencies: ["Postgres", "Curl", subprocess],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        tests("Core", ["Core"]),
        tests("Postgres", ["Postgres", "Threads", "TestSupport"]),
        tests("Curl", ["Curl", "TestSupport"]),
        tests("Mail", ["Mail", "Core", "Curl", "Reports", "TestSupport", subprocess]),
        tests("AWS", ["AWS", "Curl", "TestSupport", crypto, subprocess]),
        tests("Providers", ["Providers", "AWS", "Core", "Curl", "TestSupport"]),
        tests("Hosts", ["Hosts", "Core", "Curl", "TestSupport", subprocess]),
        tests("Settings", ["Settings", "Core"]),
        tests("Ledger", ["Ledger", "Core", "Postgres", "TestSupport"]),
        tests("Reports", ["Reports", "Core"], exclude: ["Goldens"]),
        tests(
            "Curfew",
            [
                "curfew", "Core", "Providers", "Settings", "Curl", "Mail", "Postgres", "Ledger", "TestSupport",
                subprocess,
            ]
        ),
        tests(
            "Operations",
            ["Operations", "Core", "Curl", "Hosts", "Ledger", "Postgres", "Reports", "Settings", "TestSupport"]
        ),
    ],
    swiftLanguageModes: [.v6]
)
