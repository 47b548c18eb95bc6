package main

import (
	"github.com/dapr/components-contrib/nameresolution/mdns"
	nrsqlite "github.com/dapr/components-contrib/nameresolution/sqlite"
	pubsubmemory "github.com/dapr/components-contrib/pubsub/in-memory"
	"github.com/dapr/components-contrib/pubsub/jetstream"
	"github.com/dapr/components-contrib/secretstores/local/env"
	"github.com/dapr/components-contrib/secretstores/local/file"
	statememory "github.com/dapr/components-contrib/state/in-memory"
	postgresql "github.com/dapr/components-contrib/state/postgresql/v2"
	statesqlite "github.com/dapr/components-contrib/state/sqlite"

	"github.com/dapr/dapr/pkg/components"
	nrLoader "github.com/dapr/dapr/pkg/components/nameresolution"
	pubsubLoader "github.com/dapr/dapr/pkg/components/pubsub"
	secretstoresLoader "github.com/dapr/dapr/pkg/components/secretstores"
	stateLoader "github.com/dapr/dapr/pkg/components/state"
	"github.com/dapr/kit/logger"
)

// registerComponents makes known the component types that a Finnest
// environment may name; a component file that names another is refused.
func registerComponents(log logger.Logger) {
	states := stateLoader.DefaultRegistry
	states.Logger = log
	states.RegisterComponent(statesqlite.NewSQLiteStateStore, "sqlite", "sqlite3")
	states.RegisterComponent(statememory.NewInMemoryStateStore, "in-memory")
	states.RegisterComponentWithVersions("postgresql", components.Versioning{
		Preferred: components.VersionConstructor{Version: "v2", Constructor: postgresql.NewPostgreSQLStateStore},
		Default:   "v2",
	})

	pubsubs := pubsubLoader.DefaultRegistry
	pubsubs.Logger = log
	pubsubs.RegisterComponent(jetstream.NewJetStream, "jetstream")
	pubsubs.RegisterComponent(pubsubmemory.New, "in-memory")

	resolvers := nrLoader.DefaultRegistry
	resolvers.Logger = log
	resolvers.RegisterComponent(nrsqlite.NewResolver, "sqlite")
	resolvers.RegisterComponent(mdns.NewResolver, "mdns")

	secrets := secretstoresLoader.DefaultRegistry
	secrets.Logger = log
	secrets.RegisterComponent(file.NewLocalSecretStore, "local.file")
	secrets.RegisterComponent(env.NewEnvSecretStore, "local.env")
}
