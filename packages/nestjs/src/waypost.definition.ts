import { ConfigurableModuleBuilder } from '@nestjs/common'
import { optionsToken } from './tokens.ts'
import type { WaypostModuleExtras, WaypostModuleOptions } from './waypost-options.ts'

const noExtras: WaypostModuleExtras = { isGlobal: false, name: undefined }

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<WaypostModuleOptions>({ optionsInjectionToken: optionsToken })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createWaypostOptions')
    .setExtras(noExtras, (definition, { isGlobal }) => ({ ...definition, global: isGlobal ?? false }))
    .build()
